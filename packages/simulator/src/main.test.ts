import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Operator } from './testing/operator.js'
import { serverIssue } from './testing/rows.js'
import { startSimulator, type Simulator } from './simulator/index.js'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let dataDir: string
const children: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (text: Buffer) => (output.stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => (output.stderr += text.toString()))
  return { child, output }
}

/** Starts the program and resolves when it says it is ready. */
async function startReady(...args: string[]) {
  const started = start('--data-dir', dataDir, ...args)
  await once(started.child.stdout, 'data')
  const connection = JSON.parse(readFileSync(join(dataDir, 'simulator.json'), 'utf8')) as Simulator
  return { ...started, operator: new Operator(connection) }
}

async function run(...args: string[]) {
  const { child, output } = start(...args)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

describe('upki-simulator', () => {
  it('prints one line when ready, and stops with status 0 on SIGTERM', async () => {
    const { child, output, operator } = await startReady()
    await operator.openMenu()
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(output.stdout).toMatch(/^The simulator is ready at https:\/\/127\.0\.0\.1:\d+; .*\n$/)
    expect(output.stderr).toBe('')
    operator.close()
  })

  it('knows after kill -9 whatever it had answered, issues the rest, and ignores a torn last line', async () => {
    const before = await startReady('--knobs', '{"latencyMs":0}')
    const upload = async (name: string) =>
      before.operator.upload({ screen: 'SP1001', applyType: '1', file: [await serverIssue(name)] })
    await upload('a.example.ac.jp')
    const [issued] = await before.operator.reportWhen('Srv', ([line]) => line?.['状態'] === '4')
    await before.operator.turnKnobs({ latencyMs: 86_400_000, loseAnswers: 3 })
    await upload('b.example.ac.jp')
    await upload('c.example.ac.jp').catch(() => undefined)
    before.child.kill('SIGKILL')
    await once(before.child, 'close')
    before.operator.close()
    appendFileSync(join(dataDir, 'journal.jsonl'), '{"type":"uploaded","rows":[')

    const after = await startReady('--knobs', '{"latencyMs":0}')
    const lines = await after.operator.reportWhen('Srv', (all) => all.every((line) => line['状態'] === '4'))
    expect(lines.map((line) => line['利用管理者FQDN'])).toEqual(
      ['a', 'b', 'c'].map((name) => `${name}.example.ac.jp`),
    )
    expect(lines[0]).toEqual(issued)
    const again = { screen: 'SP1001', applyType: '1', file: [await serverIssue('c.example.ac.jp')] }
    expect((await after.operator.upload(again)).html).toContain('212:1,主体者DN')
    after.operator.close()
  })

  it('is the only one in its directory', async () => {
    const simulator = await startSimulator({ dataDir })
    const { code, stderr } = await run('--data-dir', dataDir)
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`is in use by another simulator (process ${process.pid})`),
    ])
    await simulator.stop()
    const again = await startSimulator({ dataDir })
    await again.stop()
  })

  it('takes over the lock of a process that is gone, even if its id is in use again', async () => {
    writeFileSync(join(dataDir, 'simulator.lock'), `${process.ppid} 1`)
    const simulator = await startSimulator({ dataDir })
    await simulator.stop()
  })

  it('says so when the port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const { code, stderr } = await run('--data-dir', dataDir, '--listen', `127.0.0.1:${port}`)
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`Cannot listen on 127.0.0.1:${port}: the port is in use`),
    ])
    holder.close()
  })

  it.each([
    ['a file is in its way', () => join(dataDir, 'file', 'below')],
    // Nobody can write there, not even root.
    ['it is read-only', () => '/proc/self'],
  ])('says so when the directory cannot be written: %s', async (_, directory) => {
    writeFileSync(join(dataDir, 'file'), '')
    const { code, stderr } = await run('--data-dir', directory())
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be written')])
  })

  it.each([
    [['--what'], 'what'],
    [['--listen', '0.0.0.0:0'], 'loopback'],
    [['--listen', '127.0.0.1:65536'], '--listen'],
    [['--knobs', '{'], '--knobs'],
    [['--knobs', '{"latency":1}'], 'latency'],
  ])('answers wrong usage (%j) with status 2', async (args, word) => {
    const { code, stderr } = await run('--data-dir', dataDir, ...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(word)])
  })
})
