/** Machines for fault tests, and ways to break them. */
import { spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { apacheTrees } from '../trees/apache.js'
import { nginxTrees } from '../trees/nginx.js'
import { expectDone } from './expect.js'
import { Machine, quickKey, type Tree } from './machine.js'

const find = (trees: Tree[], name: string) => trees.find((tree) => tree.name === name)!
export const kinds = [
  { kind: 'nginx', tree: find(nginxTrees, "Debian's sites-enabled with absolute and relative links") },
  { kind: 'apache', tree: find(apacheTrees, "Debian's layout with mod_ssl not enabled") },
] as const

const machines: Machine[] = []
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.stop()
})

export async function ready(kind: 'nginx' | 'apache', tree: Tree): Promise<Machine> {
  const machine = await Machine.create(kind, tree)
  machines.push(machine)
  await expectDone(machine.obtain(...quickKey))
  return machine
}

/** Has the server's program fail when called with `word` for the `times`-th time. */
export function sabotage(machine: Machine, word: string, times: number): () => void {
  const original = readFileSync(machine.ctl, 'utf8')
  const count = join(machine.folder, 'count')
  writeFileSync(count, '0')
  const guard = `case "$*" in *"${word}"*) n=$(($(cat '${count}') + 1)); echo $n > '${count}'; [ $n -ge ${times} ] && { echo sabotaged >&2; exit 1; };; esac\n`
  writeFileSync(machine.ctl, original.replace('exec', `${guard}exec`))
  chmodSync(machine.ctl, 0o755)
  return () => writeFileSync(machine.ctl, original)
}

export const serves = (machine: Machine) =>
  fetch(`http://127.0.0.1:${machine.ports.http}/`, {
    headers: { host: 'www.example.ac.jp', connection: 'close' },
  }).then((answer) => answer.status < 500)

/** The pair that servers are configured with exists, fits, and its key is the owner's alone. */
export function expectFitting(machine: Machine): void {
  const live = (file: string) => join(machine.clientFolder, 'live', 'site', file)
  const leaf = new X509Certificate(readFileSync(live('fullchain.pem')))
  expect(leaf.checkPrivateKey(createPrivateKey(readFileSync(live('privkey.pem'))))).toBe(true)
  expect(statSync(live('privkey.pem')).mode & 0o777).toBe(0o600)
}

/** A temporary file of a killed run is named for what it is, and no server reads it. */
export const withoutLeftovers = (snapshot: Record<string, string>) =>
  Object.fromEntries(Object.entries(snapshot).filter(([path]) => !path.endsWith('tmp')))

/** A tmpfs over the folder while `use` runs; what lay in it lies in the tmpfs too. */
export async function withTmpfs(folder: string, size: string, use: () => Promise<void>): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'upki-copy-'))
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  expect(mount(folder, `size=${size}`)).toBe(true)
  try {
    cpSync(copy, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    await use()
  } finally {
    spawnSync('umount', ['-l', folder])
    rmSync(copy, { recursive: true })
  }
}

const mount = (folder: string, options: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `mode=755,${options}`, 'tmpfs', folder]).status === 0

/** Whether a tmpfs can be mounted here: root may be without that right, as in many containers. */
export const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'upki-mount-'))
  try {
    return mount(folder, 'size=64k') && spawnSync('umount', [folder]).status === 0
  } finally {
    rmdirSync(folder)
  }
})()
