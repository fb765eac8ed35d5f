import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockFile } from './lock-file.js'

let directory: string
let path: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upki-lock-'))
  path = join(directory, 'lock')
})
afterEach(() => rm(directory, { recursive: true }))

describe('lockFile', () => {
  it('is taken once, and again after it was let go', async () => {
    const unlock = await lockFile(path)
    expect(await lockFile(path)).toBeUndefined()
    await unlock!()
    expect(await lockFile(path)).toBeTypeOf('function')
  })

  it('is taken by one of many at once', async () => {
    const locks = await Promise.all(Array.from({ length: 8 }, () => lockFile(path)))
    expect(locks.filter(Boolean)).toHaveLength(1)
  })

  it('is refused while another process that holds it runs', async () => {
    const holder = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    const stat = await import('node:fs/promises').then(({ readFile }) =>
      readFile(`/proc/${holder.pid}/stat`, 'utf8').catch(() => ''),
    )
    await writeFile(path, `${holder.pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`)
    expect(await lockFile(path)).toBeUndefined()
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(await lockFile(path)).toBeTypeOf('function')
  })

  it.each([
    { name: 'of a process with our id but another start', contents: `${process.pid} 1` },
    { name: 'that is empty', contents: '' },
    { name: 'with garbage', contents: 'garbage' },
  ])('replaces a lock $name', async ({ contents }) => {
    await writeFile(path, contents)
    expect(await lockFile(path)).toBeTypeOf('function')
    expect(await readdir(directory)).toEqual(['lock'])
  })
})
