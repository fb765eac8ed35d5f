/** `npm run test:services`: the end-to-end tests, those of their own, on real PostgreSQL and Redis, and the examples of docs/portal-guide.md in every language. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { ensureFile, ensurePrograms, startPostgres, startRedis } from './debian.mjs'
import { root } from './setup.mjs'

const programs = ensurePrograms({
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  postgres: 'postgresql',
  initdb: 'postgresql',
  pg_isready: 'postgresql-client',
  curl: 'curl',
  python3: 'python3',
  php: 'php-cli',
  'softhsm2-util': 'softhsm2',
  'pkcs11-tool': 'opensc',
})
// An engine of OpenSSL, not a program: its package has none.
ensureFile(
  process.arch === 'arm64'
    ? '/usr/lib/aarch64-linux-gnu/engines-3/pkcs11.so'
    : '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so',
  'libengine-pkcs11-openssl',
)
const folder = mkdtempSync(join(tmpdir(), 'upki-services-'))
chmodSync(folder, 0o755)
const servers = []
const stop = async () => {
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

function runSuite(env) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  // Each file waits a good deal for programs of its own.
  const workers = ['--maxWorkers', '3']
  const args = ['run', '--project', 'e2e', '--project', 'services', ...workers, ...process.argv.slice(2)]
  return new Promise((resolve) => {
    spawn(process.execPath, [vitest, ...args], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    }).on('exit', resolve)
  })
}

try {
  const redis = await startRedis(programs, join(folder, 'redis'), ['--databases', '100'])
  servers.push(redis)
  const postgres = await startPostgres(programs, join(folder, 'postgres'))
  servers.push(postgres)
  console.log(`PostgreSQL ${postgres.url}, Redis ${redis.url}`)
  process.exitCode = await runSuite({
    UPKI_TEST_DATABASE_URL: postgres.url,
    UPKI_TEST_REDIS_URL: redis.url,
    UPKI_TEST_ALL_PROGRAMS: '1',
  })
} finally {
  await stop()
}
