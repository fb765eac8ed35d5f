/** A program that said it is ready. */
export interface Program {
  name: string
  url: string
  child: import('node:child_process').ChildProcess
}

export interface Surroundings {
  env: Record<string, string | undefined>
  /** A number is an open file. */
  stdout?: 'inherit' | 'ignore' | number
  stderr?: 'inherit' | 'ignore' | number
}

export interface System {
  /** URL of the gateway. */
  url: string
  /** The first of simulator and gateway to end. */
  ended: Promise<{ name: string; code: number | null }>
  /** The running children, simulator first. */
  programs: Program[]
  stop(): Promise<void>
}

export function startSystem(options: {
  env: Record<string, string | undefined>
  stdout?: 'inherit' | 'ignore'
  /** With the built-in configuration, unless it is said. */
  withSimulator?: boolean
}): Promise<System>

/** For a gateway with a configuration of its own: `startSystem` starts one for the built-in configuration only. */
export function startSimulator(
  dataDirectory: string,
  options: Surroundings & { args?: readonly string[] },
): Promise<Program>

export function startGateway(options: Surroundings & { role?: 'api' | 'worker' }): Promise<Program>
