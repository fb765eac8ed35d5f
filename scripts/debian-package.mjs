/**
 * Makes the Debian package of the client: `node scripts/debian-package.mjs [folder]`.
 *
 * One file, the man pages and completions made from its own command table, the
 * systemd timer, and nothing that has to be compiled: `Architecture: all`.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './setup.mjs'

const bundle = join(root, 'packages', 'client', 'dist', 'upki-client.js')
const { version, description } = JSON.parse(readFileSync(join(root, 'packages', 'client', 'package.json')))
const outFolder = resolve(process.argv[2] ?? join(root, 'packages', 'client', 'dist'))
const tree = mkdtempSync(join(tmpdir(), 'upki-deb-'))

function put(path, content, mode = 0o644) {
  const file = join(tree, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  chmodSync(file, mode)
}

const made = (form, lang = 'en') =>
  execFileSync(process.execPath, [bundle, 'completion', form, '--lang', lang], { encoding: 'utf8' })

/** Without the date of today, the same input gives the same package. */
const gzip = (text) => gzipSync(text, { level: 9 })

const service = `[Unit]
Description=Renew certificates by upki-client
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/bin/upki-client renew -q --no-random-sleep-on-renew
`
const timer = `[Unit]
Description=Renew certificates by upki-client twice a day

[Timer]
OnCalendar=*-*-* 00,12:00:00
RandomizedDelaySec=12h
Persistent=true

[Install]
WantedBy=timers.target
`

try {
  chmodSync(tree, 0o755)
  put('usr/bin/upki-client', readFileSync(bundle), 0o755)
  put('usr/share/man/man8/upki-client.8.gz', gzip(made('man')))
  put('usr/share/man/ja/man8/upki-client.8.gz', gzip(made('man', 'ja')))
  put('usr/share/bash-completion/completions/upki-client', made('bash'))
  put('usr/share/zsh/vendor-completions/_upki-client', made('zsh'))
  put('usr/share/fish/vendor_completions.d/upki-client.fish', made('fish'))
  put('lib/systemd/system/upki-client.service', service)
  put('lib/systemd/system/upki-client.timer', timer)
  mkdirSync(join(tree, 'usr/share/doc/upki-client'), { recursive: true })
  cpSync(join(root, 'LICENSE'), join(tree, 'usr/share/doc/upki-client/copyright'))
  put(
    'DEBIAN/control',
    `Package: upki-client
Version: ${version}
Architecture: all
Maintainer: UPKI gateway <root@localhost>
Depends: nodejs (>= 20.19)
Suggests: nginx | apache2
Section: net
Priority: optional
Description: ${description}
 Orders certificates of the UPKI certificate service through a UPKI gateway,
 or of any other ACME server, installs them in nginx, Apache or as files,
 and renews them.
`,
  )
  mkdirSync(outFolder, { recursive: true })
  const file = join(outFolder, `upki-client_${version}_all.deb`)
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, file], { stdio: 'inherit' })
} finally {
  rmSync(tree, { recursive: true, force: true })
}
