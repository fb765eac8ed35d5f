/**
 * Whole ACME issuances, newOrder to downloaded certificate, on PostgreSQL with fsync and the simulator without
 * latency; beside Debian's pebble under the same load, and beside what the cryptography alone takes. Gateway,
 * PostgreSQL, simulator and this load share the machine, so the processor time of each is told too.
 */
import { type Floors, measureFloors } from './acme/floors.js'
import { type Load, measure, type Measured, measurePolls, percentile } from './acme/load.js'
import { type GatewayOnPostgres, startGatewayOnPostgres, targetOf, withPebble } from './acme/programs.js'
import type { Result } from './result.js'

const loads: Load[] = [
  { clients: 1, issuances: 60, seconds: 15 },
  { clients: 8, issuances: 600, seconds: 20 },
  { clients: 64, issuances: 1500, seconds: 30 },
]
const POLLS = 3000
/** A server runs for weeks: what is measured is code that its engine knows. */
const warmUp: Load = { clients: 8, issuances: 800, seconds: 30 }
/** Longer than the polls take: their orders stay in work. */
const WAITING_MS = 600_000

function toResults(clients: number, ours: Measured, pebble: Measured): Result[] {
  const at = `${clients} at once`
  const beside = (name: string, value: number) => ({ name, value })
  const tail = ({ times, lost }: Measured) =>
    [
      `p50 ${percentile(times, 0.5).toFixed(1)}`,
      `p99 ${percentile(times, 0.99).toFixed(1)} ms`,
      ...(lost > 0 ? [`${lost} clients got no answer`] : []),
    ].join(', ')
  const cpu = [...ours.cpuMs].map(([name, ms]) => `${name} ${ms.toFixed(1)}`).join(', ')
  const steps = [...ours.steps].map(([step, times]) => ({
    name: `  ${step}, p99 (p50 ${percentile(times, 0.5).toFixed(1)})`,
    value: percentile(times, 0.99),
    unit: 'ms',
  }))
  return [
    {
      name: `issuances, ${at} (${tail(ours)})`,
      value: ours.perSecond,
      unit: '/s',
      beside: beside(`pebble (${tail(pebble)})`, pebble.perSecond),
    },
    {
      name: `  signed requests, ${at}`,
      value: ours.signedPerSecond,
      unit: '/s',
      beside: beside('pebble', pebble.signedPerSecond),
    },
    ...steps,
    {
      name: `  processor per issuance (${cpu})`,
      value: [...ours.cpuMs.values()].reduce((sum, ms) => sum + ms, 0),
      unit: 'ms',
    },
  ]
}

/** The cryptography of an issuance: its signed requests, the CSR twice, the certificate once. */
function besideFloor({ clients }: Load, ours: Measured, floors: Floors): Result {
  const signed = ours.signedPerSecond / ours.perSecond
  const value = signed * floors.signatureMs + floors.certificateMs
  const spent = [...ours.cpuMs.values()].reduce((sum, ms) => sum + ms, 0)
  return {
    name: `  processor, ${clients} at once, all programs`,
    value: spent,
    unit: 'ms',
    beside: { name: `the cryptography of ${signed.toFixed(1)} requests and a certificate, ms`, value },
  }
}

async function issuances(ours: GatewayOnPostgres, load: Load, floors: Floors): Promise<Result[]> {
  const measured = await measure(targetOf(ours.system), load, ours.pids)
  const peer = await withPebble(ours.directory, ({ target, pid }) =>
    measure(target, load, { pebble: pid, load: process.pid }),
  )
  return [...toResults(load.clients, measured, peer), besideFloor(load, measured, floors)]
}

/** Orders that wait for the issuance system, looked at as fast as answers come. */
async function polls({ system, directory, pids }: GatewayOnPostgres, floors: Floors): Promise<Result[]> {
  await system.turnKnobs({ latencyMs: WAITING_MS })
  const load = { clients: 16, polls: POLLS }
  const ours = await measurePolls(targetOf(system), load, pids)
  const theirs = await withPebble(directory, ({ target, pid }) => measurePolls(target, load, { pebble: pid }))
  const spent = (ours.cpuMs.get('gateway') ?? 0) + (ours.cpuMs.get('PostgreSQL') ?? 0)
  return [
    {
      name: 'polls of a waiting order, 16 at once',
      value: ours.perSecond,
      unit: '/s',
      beside: { name: 'pebble', value: theirs.perSecond },
    },
    ...[...ours.cpuMs].map(([name, value]) => ({
      name: `  processor of one poll, ${name}`,
      value,
      unit: 'ms',
    })),
    {
      name: '  processor of one poll, gateway and PostgreSQL',
      value: spent,
      unit: 'ms',
      beside: { name: 'its signature check, ms', value: floors.signatureMs },
    },
    { name: '  processor of one poll, pebble', value: theirs.cpuMs.get('pebble') ?? 0, unit: 'ms' },
  ]
}

export async function* run(): AsyncGenerator<Result> {
  const programs = await startGatewayOnPostgres()
  try {
    await programs.system.turnKnobs({ latencyMs: 0 })
    const floors = measureFloors(programs.directory)
    yield { name: 'floor: one ES256 check', value: floors.signatureMs, unit: 'ms' }
    yield { name: 'floor: CSR twice and certificate, RSA', value: floors.certificateMs, unit: 'ms' }
    yield { name: 'floor: one write with fdatasync', value: floors.syncMs, unit: 'ms' }
    await measure(targetOf(programs.system), warmUp, programs.pids)
    for (const load of loads) yield* await issuances(programs, load, floors)
    yield* await polls(programs, floors)
  } finally {
    await programs.stop()
  }
}
