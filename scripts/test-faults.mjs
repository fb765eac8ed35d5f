/**
 * `npm run test:faults`: everything fails, and nothing is lost or done twice. Two API and four worker processes on real
 * PostgreSQL and Redis, which each test starts, kills and starts again.
 */
import { ensureFaketime, ensurePrograms } from './debian.mjs'
import { runBin } from './setup.mjs'

ensureFaketime()
ensurePrograms({
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  postgres: 'postgresql',
  initdb: 'postgresql',
  pg_isready: 'postgresql-client',
  pg_basebackup: 'postgresql-client',
  pg_dump: 'postgresql-client',
})
// Two installations at once would only wait for each other on a small machine.
runBin('vitest', ['run', '--project', 'faults', '--no-file-parallelism', ...process.argv.slice(2)])
