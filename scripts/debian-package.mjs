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

/** Where systemd does not run. The run itself waits some minutes, so that machines do not come at once. */
const cron = `# Renew certificates by upki-client twice a day, unless the systemd timer does.
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
0 */12 * * * root test -x /usr/bin/upki-client && test ! -d /run/systemd/system && /usr/bin/upki-client renew -q
`

const postinst = `#!/bin/sh
set -e
if [ "$1" = configure ] && command -v systemctl >/dev/null; then
  # At the first installation only: who disabled the timer since keeps it so.
  [ -n "$2" ] || systemctl --quiet enable upki-client.timer || true
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if systemctl --quiet is-enabled upki-client.timer; then systemctl start upki-client.timer; fi
  fi
fi
`
const prerm = `#!/bin/sh
set -e
if [ "$1" = remove ] && command -v systemctl >/dev/null; then
  [ ! -d /run/systemd/system ] || systemctl stop upki-client.timer || true
  systemctl --quiet disable upki-client.timer || true
fi
`
/** Certificates that a web server may be configured with stay: it would not start again without them. */
const postrm = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
if [ "$1" = purge ]; then
  rm -rf /var/lib/upki-client /var/log/upki-client
  if [ -n "$(ls -A /etc/upki-client/live 2>/dev/null)" ]; then
    echo "upki-client: /etc/upki-client holds certificates and is kept. Delete it when no server uses them." >&2
  else
    rm -rf /etc/upki-client
  fi
fi
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
  put('etc/cron.d/upki-client', cron)
  put('DEBIAN/conffiles', '/etc/cron.d/upki-client\n')
  for (const [name, text] of Object.entries({ postinst, prerm, postrm })) put(`DEBIAN/${name}`, text, 0o755)
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
