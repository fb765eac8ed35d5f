export interface System {
  /** URL of the gateway. */
  url: string
  /** The first of simulator and gateway to end. */
  ended: Promise<{ name: string; code: number | null }>
  /** The running children, simulator first. */
  programs: { name: string; child: import('node:child_process').ChildProcess }[]
  stop(): Promise<void>
}

export function startSystem(options: {
  env: Record<string, string | undefined>
  stdout?: 'inherit' | 'ignore'
}): Promise<System>
