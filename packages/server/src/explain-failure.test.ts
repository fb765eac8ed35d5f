import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from './config.js'
import { explainFailure } from './explain-failure.js'
import { openQueueBackend } from './jobs/queue.js'
import { openStore } from './store/database.js'
import { fromPGlite } from './store/pglite-pool.js'
import { placeStore } from './testing/store-template.js'

const directory = mkdtempSync(join(tmpdir(), 'upki-start-'))
afterAll(() => rmSync(directory, { recursive: true }))

const config = loadConfig({ UPKI_DATA_DIR: '/srv/upki', UPKI_LISTEN: '127.0.0.1:443' })
const failed = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more })
/** As PGlite throws them: numbers of WASI, and no message. */
const wasi = (errno: number) => fromPGlite({ name: 'ErrnoError', errno }, '/srv/upki/store')

describe('what a start that failed says', () => {
  it.each([
    {
      what: 'a port in use',
      error: failed('EADDRINUSE', { syscall: 'listen' }),
      says: 'Port 443 on 127.0.0.1 is in use',
    },
    {
      what: 'a port below 1024',
      error: failed('EACCES', { syscall: 'listen' }),
      says: 'No permission for port 443',
    },
    {
      what: 'a file of another account',
      error: failed('EACCES', { path: '/srv/upki/tls.key' }),
      says: 'No permission for /srv/upki/tls.key',
    },
    { what: 'a store of another account', error: wasi(2), says: 'No permission for /srv/upki/store' },
    {
      what: 'a file in place of the folder',
      error: failed('EEXIST', { path: '/srv/upki' }),
      says: '/srv/upki is not a folder',
    },
    {
      what: 'a full disk',
      error: failed('ENOSPC', { path: '/srv/upki/secret.key' }),
      says: 'No space is left for /srv/upki/secret.key',
    },
    { what: 'a full disk under a new store', error: wasi(51), says: 'No space is left for /srv/upki/store' },
    {
      what: 'a full disk under a store',
      error: fromPGlite(failed('53100'), '/srv/upki/store'),
      says: 'No space is left for /srv/upki/store',
    },
    {
      what: 'a store that can only be read',
      error: wasi(69),
      says: '/srv/upki/store is on a read-only file system',
    },
    {
      what: 'another fault of the store',
      error: wasi(29),
      says: '/srv/upki/store could not be opened (error 29)',
    },
    { what: 'a mistake in the configuration', error: new ConfigError('one mistake'), says: 'one mistake' },
    {
      what: 'a cause',
      error: new Error('not done', { cause: new Error('because') }),
      says: 'not done: because',
    },
    {
      what: 'several addresses',
      error: new Error('not done', { cause: new AggregateError([new Error('no answer')], '') }),
      says: 'not done: no answer',
    },
  ])('names $what', ({ error, says }) => {
    expect(explainFailure(error, config)).toContain(says)
  })

  it('names the database that does not answer, without its password', async () => {
    const databaseUrl = 'postgresql://upki:secret@127.0.0.1:1/upki'
    const error = await openStore({ dataDirectory: directory, databaseUrl }).catch(
      (thrown: unknown) => thrown,
    )
    const text = explainFailure(error, config)
    expect(text).toMatch(/UPKI_DATABASE_URL.*ECONNREFUSED 127\.0\.0\.1:1/)
    expect(text).not.toContain('secret')
  })

  it('names the Redis that does not answer, without its password', async () => {
    const pool = new pg.Pool()
    const options = { pool, redisUrl: 'redis://:secret@127.0.0.1:1', log: pino({ level: 'silent' }) }
    const error = await openQueueBackend(options).catch((thrown: unknown) => thrown)
    const text = explainFailure(error, config)
    expect(text).toMatch(/UPKI_REDIS_URL.*ECONNREFUSED 127\.0\.0\.1:1/)
    expect(text).not.toContain('secret')
  })

  it('names a store that a newer gateway has changed', async () => {
    await placeStore(directory)
    const newer = await openStore({ dataDirectory: directory })
    await newer.pool.query(`insert into kysely_migration (name, timestamp) values ('999-later', '2049')`)
    await newer.close()
    const error = await openStore({ dataDirectory: directory }).catch((thrown: unknown) => thrown)
    expect(explainFailure(error, config)).toMatch(/newer.*999-later/)
  })

  it('names a folder of the store that is a file', async () => {
    const dataDirectory = join(directory, 'file')
    writeFileSync(dataDirectory, '')
    const error = await openStore({ dataDirectory }).catch((thrown: unknown) => thrown)
    expect(explainFailure(error, config)).toContain(`${join(dataDirectory, 'store')} is not a folder`)
  })
})
