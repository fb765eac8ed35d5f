/** One line of a benchmark. Rates are compared with a floor or a peer of the same run, never with yesterday's. */
export interface Result {
  /** What was measured, in a few words. */
  name: string
  value: number
  unit: string
  /** The least work that could do it, or another program, measured in the same run. */
  beside?: { name: string; value: number }
  /** Highest resident memory of the process so far, in MiB. */
  peakMemoryMiB?: number
}

export const peakMemoryMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1024)

/** Runs the work `rounds` times. @returns units per second of the median round */
export async function ratePerSecond(units: number, work: () => unknown, rounds = 3): Promise<number> {
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await work()
    seconds.push((performance.now() - start) / 1000)
  }
  seconds.sort((a, b) => a - b)
  return units / seconds[Math.floor(rounds / 2)]!
}
