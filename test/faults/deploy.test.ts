/** The files in deploy/: that what they name is there, and that what is restored from a backup goes on. */
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../packages/server/src/config.js'
import { startGateway } from '../../scripts/processes.mjs'
import { until } from '../support/system.js'
import { AcmeLoad } from './support/acme.js'
import { Client } from './support/client.js'
import { Plant } from './support/plant.js'
import { applyOnce } from './support/portal.js'

const run = promisify(execFile)
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
if (!hasSystemd)
  console.warn(
    '\n!!! SKIPPED: systemd-analyze is not installed, so the units of deploy/ were not verified.\n',
  )

const root = fileURLToPath(new URL('../..', import.meta.url))
const at = (...path: string[]) => join(root, ...path)
const read = (...path: string[]) => readFileSync(at(...path), 'utf8')
const { parse } = createRequire(at('packages/server/package.json'))('yaml') as {
  parse: (text: string, options: { merge: boolean }) => Compose
}

interface Compose {
  services: Record<
    string,
    { command?: string[]; build?: { context: string; dockerfile: string }; environment?: object }
  >
}

describe('deploy/', () => {
  it.each(['api', 'worker'])('has a unit of systemd that runs a program that is there as %s', (role) => {
    const unit = read('deploy', 'systemd', `upki-gateway-${role}@.service`)
    const [, file, as] = /^ExecStart=\/usr\/bin\/node \/opt\/upki-gateway\/(\S+) (\w+)$/m.exec(unit) ?? []
    expect([existsSync(at(file!)), as]).toEqual([true, role])
    expect(unit).toContain('NoNewPrivileges=yes')
  })

  it.skipIf(!hasSystemd).each(['api', 'worker'])(
    'has a unit that systemd finds nothing wrong with as %s',
    (role) => {
      const directory = mkdtempSync(join(tmpdir(), 'upki-units-'))
      const name = `upki-gateway-${role}@`
      // Node.js may be elsewhere on this machine.
      const unit = read('deploy', 'systemd', `${name}.service`).replaceAll('/usr/bin/node', process.execPath)
      writeFileSync(join(directory, `${name}.service`), unit)
      const args = ['verify', '--man=no', join(directory, `${name}8443.service`)]
      const { status, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
      rmSync(directory, { recursive: true })
      // What it does not know it only warns of.
      expect([status, stderr]).toEqual([0, ''])
    },
  )

  it('has a compose file with two of each role, of a file that builds them', () => {
    const { services } = parse(read('deploy', 'compose.yaml'), { merge: true })
    const roles = Object.values(services).map(({ build, command }) => (build ? command : []))
    expect(roles.flat().sort()).toEqual(['api', 'api', 'worker', 'worker'])
    const { build } = services['api-1']!
    expect(existsSync(at('deploy', build!.context, build!.dockerfile))).toBe(true)
    expect(existsSync(at('deploy', 'is-alive.mjs'))).toBe(true)
  })

  it('has a configuration that the gateway takes', () => {
    const { organisations } = loadConfig({ UPKI_CONFIG: at('deploy', 'config.example.yaml') })
    expect(organisations).toHaveLength(1)
  })
})

describe('a backup', () => {
  let plant: Plant
  let client: Client
  beforeAll(async () => {
    plant = await Plant.start({ apis: 1, workers: 1, knobs: { latencyMs: 0 }, logLevel: 'info' })
    client = new Client(plant, 1)
  }, 600_000)
  afterAll(async () => {
    await client.close()
    await plant.close()
  })

  const stateOf = async (id: string): Promise<string> =>
    (JSON.parse((await client.callSurely(`/v1/applications/${id}`)).text) as { state: string }).state
  const isIssued = (id: string) =>
    until(
      () => stateOf(id),
      (state) => state === 'issued',
      200,
    )
  const environmentOf = (database: string, directory: string) => ({
    ...process.env,
    ...{ PGHOST: '127.0.0.1', PGPORT: String(plant.part('postgres').port), PGUSER: 'upki' },
    ...{ PGDATABASE: database, UPKI_DATA_DIR: directory },
  })

  it(
    'of a running gateway is restored, and goes on with keys, tokens and chain',
    { timeout: 600_000 },
    async () => {
      const [before] = await applyOnce(client, 'before', 1)
      await isIssued(before!.id)
      const folder = join(plant.directory, 'backup')
      const restored = join(plant.directory, 'restored')
      await run(at('deploy', 'backup.sh'), [folder], { env: environmentOf('postgres', plant.directory) })
      await plant.part('api-0').stop()
      await plant.part('worker-0').stop()

      const admin = new pg.Client(plant.databaseUrl('postgres'))
      await admin.connect()
      await admin.query('create database restored')
      await admin.end()
      await run(at('deploy', 'restore.sh'), [folder], { env: environmentOf('restored', restored) })
      await expect(
        run(at('deploy', 'restore.sh'), [folder], { env: environmentOf('restored', restored) }),
      ).rejects.toThrow(/is not empty/)

      const env = {
        ...process.env,
        ...plant.environmentOf('api-0'),
        ...{ UPKI_DATA_DIR: restored, UPKI_DATABASE_URL: plant.databaseUrl('restored') },
      }
      const program = await startGateway({ env, stdout: 'ignore', stderr: 'ignore' })
      try {
        client.useOrigins([program.url])
        expect(await stateOf(before!.id)).toBe('issued')
        // Its binding is checked with a key that only secret.key opens.
        await new AcmeLoad(client, restored).register()
        const [after] = await applyOnce(client, 'after', 1)
        await isIssued(after!.id)
        const { text } = await client.callSurely('/v1/audit/verification?last=100000')
        expect(JSON.parse(text)).toMatchObject({ intact: true, unsealed: 0 })
      } finally {
        program.child.kill('SIGKILL')
      }
    },
  )
})
