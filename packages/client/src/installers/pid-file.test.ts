import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isPidFileAlive } from './pid-file.js'

describe('isPidFileAlive', () => {
  const file = join(tmpdir(), `upki-${process.pid}.pid`)
  afterEach(() => rmSync(file, { force: true }))
  const ended = spawnSync(process.execPath, ['--version']).pid

  it.each([
    { title: 'a process that runs', text: `${process.pid}\n`, alive: true },
    { title: 'a process that is gone', text: `${ended}`, alive: false },
    { title: 'a file that stays empty, as a configuration test leaves it', text: '', alive: false },
    { title: 'something that is no process id', text: 'apache', alive: false },
    // 0 is the group of whoever asks, 1 is not a server.
    { title: 'the number 0', text: '0', alive: false },
    { title: 'the number 1', text: '1', alive: false },
  ])('$title: $alive', async ({ text, alive }) => {
    writeFileSync(file, text)
    expect(await isPidFileAlive(file)).toBe(alive)
  })

  it('no file: false', async () => expect(await isPidFileAlive(file)).toBe(false))

  it('waits for a file that is being written', async () => {
    writeFileSync(file, '')
    const answer = isPidFileAlive(file)
    writeFileSync(file, String(process.pid))
    expect(await answer).toBe(true)
  })
})
