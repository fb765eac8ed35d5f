import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { readClocks } from './two-clocks.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
})
afterAll(() => issuance.close())

it.each([
  { aheadSeconds: 3600, secondsFromReal: 0, warnings: [3600] },
  { aheadSeconds: 20, secondsFromReal: 0, warnings: [] },
  { aheadSeconds: -20, secondsFromReal: -20, warnings: [] },
  { aheadSeconds: -3600, secondsFromReal: -3600, warnings: [-3600] },
])(
  "a clock that is $aheadSeconds s ahead of the database's is taken at $secondsFromReal s, with warnings $warnings",
  async ({ aheadSeconds, secondsFromReal, warnings }) => {
    const lines: { aheadSeconds: number }[] = []
    const write = (line: string) => void lines.push(JSON.parse(line) as { aheadSeconds: number })
    const env = {
      ...issuance.env,
      now: () => new Date(Date.now() + aheadSeconds * 1000),
      log: pino({}, { write }),
    }
    const { earlier, later } = await readClocks(env)
    expect(Math.abs(earlier.getTime() - Date.now() - secondsFromReal * 1000)).toBeLessThan(10_000)
    const apart = later.getTime() - earlier.getTime()
    expect(Math.abs(apart - Math.abs(aheadSeconds) * 1000)).toBeLessThan(10_000)
    expect(lines.map((line) => Math.round(line.aheadSeconds / 10) * 10)).toEqual(warnings)
  },
)
