/**
 * `npm run bench`: every `*.bench.ts` here, each in a process of its own, so that
 * memory is its own too. `npm run bench -- applications` runs one.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Result } from './result.js'

const folder = dirname(fileURLToPath(import.meta.url))

/** Results may come all at the end or, where a run is long, one by one. */
interface Bench {
  run: () => Promise<Result[]> | AsyncIterable<Result>
}

function renderResult({ name, value, unit, beside, peakMemoryMiB }: Result): string {
  const ratio = beside
    ? `  ${(value / beside.value).toFixed(3)} of ${beside.name} (${Math.round(beside.value)})`
    : ''
  const memory = peakMemoryMiB === undefined ? '' : `  peak ${peakMemoryMiB} MiB`
  const figure = value < 100 ? value.toFixed(1) : String(Math.round(value))
  return `${name.padEnd(58)} ${figure.padStart(9)} ${unit.padEnd(10)}${ratio}${memory}`
}

async function runFile(file: string): Promise<void> {
  const { run } = (await import(pathToFileURL(join(folder, file)).href)) as Bench
  for await (const result of await run()) console.log(renderResult(result))
}

const nameOf = (file: string): string => file.replace('.bench.ts', '')

function refuse(unknown: readonly string[], files: readonly string[]): void {
  console.error(`No benchmark is named ${unknown.join(', ')}. There are: ${files.map(nameOf).join(', ')}.`)
  process.exitCode = 2
}

function runAll(wanted: readonly string[]): void {
  const files = readdirSync(folder).filter((file) => file.endsWith('.bench.ts'))
  const unknown = wanted.filter((name) => !files.some((file) => file.startsWith(name)))
  if (unknown.length > 0) return refuse(unknown, files)
  const chosen = files.filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
  for (const file of chosen) {
    console.log(`\n== ${nameOf(file)}`)
    const { status } = spawnSync(process.execPath, [...process.execArgv, process.argv[1]!, '--file', file], {
      stdio: 'inherit',
    })
    if (status !== 0) process.exitCode = 1
  }
}

const wanted = process.argv.slice(2)
if (wanted[0] === '--file') await runFile(wanted[1]!)
else runAll(wanted)
