import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomic } from './atomic-file.js'
import { chooseDirectories, prepareDirectories } from './directories.js'
import { acquireLock } from './lock.js'
import { processSpace, processStart } from './process-identity.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upki-keystore-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('writeFileAtomic', () => {
  it('replaces a file whole, with the mode from creation, and leaves nothing else', async () => {
    const path = join(folder, 'key.pem')
    writeFileSync(path, 'old', { mode: 0o644 })
    await writeFileAtomic(path, 'new', 0o600)
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['key.pem'])
  })

  it('gets past what a crash left', async () => {
    const path = join(folder, 'key.pem')
    writeFileSync(`${path}.${process.pid}.tmp`, 'half')
    await writeFileAtomic(path, 'new', 0o600)
    expect(readFileSync(path, 'utf8')).toBe('new')
  })
})

describe('acquireLock', () => {
  const ticket = (space: string, pid: number, start: string) => join(folder, `${space}-${pid}-${start}-0`)

  it('is held by one at a time and free after release', async () => {
    const lock = await acquireLock(folder)
    await expect(acquireLock(folder)).rejects.toThrow(`process ${process.pid}`)
    lock.release()
    expect(readdirSync(folder)).toEqual([])
    await acquireLock(folder).then((again) => again.release())
  })

  it('lets exactly one of many at once through at any moment', async () => {
    let holders = 0
    let most = 0
    const tries = Array.from({ length: 8 }, async () => {
      const lock = await acquireLock(folder).catch(() => undefined)
      if (!lock) return
      most = Math.max(most, ++holders)
      await new Promise((resolve) => setTimeout(resolve, 5))
      holders--
      lock.release()
    })
    await Promise.all(tries)
    expect(most).toBe(1)
  })

  it('is held by another living process', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    try {
      writeFileSync(ticket(processSpace(), other.pid!, processStart(other.pid!)!), '')
      await expect(acquireLock(folder)).rejects.toThrow(`process ${other.pid}`)
    } finally {
      other.kill('SIGKILL')
    }
  })

  it('is not kept by a killed process', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    writeFileSync(ticket(processSpace(), other.pid!, processStart(other.pid!)!), '')
    const ended = new Promise((resolve) => other.once('exit', resolve))
    other.kill('SIGKILL')
    await ended
    await acquireLock(folder).then((lock) => lock.release())
  })

  it.runIf(process.platform === 'linux')('is not kept by a process id that was given out again', async () => {
    writeFileSync(ticket(processSpace(), process.pid, '1'), '')
    await acquireLock(folder).then((lock) => lock.release())
  })

  it.each([
    { name: 'a machine that touched its ticket a minute ago holds it', ageSeconds: 60, held: true },
    { name: 'a machine silent for three minutes does not', ageSeconds: 180, held: false },
  ])('$name', async ({ ageSeconds, held }) => {
    const path = ticket('0123456789abcdef', 1, '1')
    writeFileSync(path, '')
    const touched = new Date(Date.now() - ageSeconds * 1000)
    utimesSync(path, touched, touched)
    const attempt = acquireLock(folder)
    if (held) await expect(attempt).rejects.toThrow('process 1')
    else await attempt.then((lock) => lock.release())
  })
})

describe('directories', () => {
  it.each([
    { name: 'the system folders', asked: {}, work: '/var/lib/upki-client', logs: '/var/log/upki-client' },
    {
      name: 'all in one of your own',
      asked: { config: '/home/a/c' },
      work: '/home/a/c/work',
      logs: '/home/a/c/logs',
    },
    { name: 'each as asked', asked: { config: '/c', work: '/w', logs: '/l' }, work: '/w', logs: '/l' },
  ])('are $name', ({ asked, work, logs }) => {
    expect(chooseDirectories(asked)).toMatchObject({ work, logs })
  })

  it('are made for their owner alone', async () => {
    const directories = chooseDirectories({ config: join(folder, 'deep', 'config') })
    await prepareDirectories(directories)
    expect(statSync(directories.work).mode & 0o777).toBe(0o700)
  })

  it('say so when a file is in the way', async () => {
    writeFileSync(join(folder, 'file'), '')
    const directories = chooseDirectories({ config: join(folder, 'file') })
    await expect(prepareDirectories(directories)).rejects.toThrow('--config-dir')
  })
})
