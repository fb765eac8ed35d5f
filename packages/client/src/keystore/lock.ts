/**
 * A lock on a directory that a killed holder does not keep.
 *
 * Node.js has no flock, and a lock file that must be taken over from a dead
 * holder has a race: two processes see it stale, and the slower one removes the
 * lock of the faster. So nobody takes anything over. Each process puts down a
 * ticket of its own and then looks at all others: if a living one is there it
 * withdraws. Of two at the same moment at least one sees the other, so never do
 * two hold the lock; both may withdraw, and try again after a random while.
 *
 * A ticket's name says which process it belongs to, and no later process can
 * have the same, so whoever finds a dead one may remove it. A ticket holds no
 * content, so a full disk cannot spoil it. Tickets of other machines or
 * containers on a shared disk are alive while their holder touches them.
 */
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../terminal/failure.js'
import { makePrivateDirectory, secretMode } from './atomic-file.js'
import { processSpace, processStart } from './process-identity.js'

const heartbeatMs = 15_000
/** Eight heartbeats missed: a machine that stopped, not one that is busy. */
const foreignStaleMs = 8 * heartbeatMs
const attempts = 5

export interface Lock {
  release(): void
}

interface Ticket {
  space: string
  pid: number
  start: string
}

/** @throws Failure when another living process holds it. */
export async function acquireLock(directory: string): Promise<Lock> {
  await makePrivateDirectory(directory)
  for (let attempt = 1; ; attempt++) {
    const mine = putTicket(directory)
    const holder = findHolder(directory, mine)
    if (!holder) return hold(join(directory, mine))
    rmSync(join(directory, mine), { force: true })
    if (attempt === attempts) throw heldBy(holder, directory)
    await sleep(50 + Math.random() * 150)
  }
}

let serial = 0

function putTicket(directory: string): string {
  // The serial keeps apart two locks that one process asks for.
  const name = `${processSpace()}-${process.pid}-${processStart(process.pid) ?? '0'}-${serial++}`
  writeFileSync(join(directory, name), '', { mode: secretMode, flag: 'wx' })
  return name
}

function findHolder(directory: string, mine: string): Ticket | undefined {
  for (const name of readdirSync(directory)) {
    const ticket = parseTicket(name)
    if (!ticket || name === mine) continue
    const path = join(directory, name)
    if (isAlive(ticket, path)) return ticket
    rmSync(path, { force: true })
  }
  return undefined
}

function parseTicket(name: string): Ticket | undefined {
  const [, space, pid, start] = /^([0-9a-f]{16})-(\d+)-(\d+)-\d+$/.exec(name) ?? []
  return space && pid && start ? { space, pid: Number(pid), start } : undefined
}

function isAlive(ticket: Ticket, path: string): boolean {
  if (ticket.space === processSpace()) return processStart(ticket.pid) === ticket.start
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return touched !== undefined && Date.now() - touched < foreignStaleMs
}

function hold(path: string): Lock {
  const heartbeat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // A directory that went away holds nothing worth locking.
    }
  }, heartbeatMs)
  heartbeat.unref()
  return {
    release() {
      clearInterval(heartbeat)
      rmSync(path, { force: true })
    },
  }
}

const heldBy = (holder: Ticket, directory: string) =>
  new Failure('failed', {
    en: `Another upki-client (process ${holder.pid}) is working on the same thing: lock ${directory}. Wait until it has ended; a killed one does not keep the lock.`,
    ja: `別の upki-client (プロセス ${holder.pid}) が同じ対象を処理中です (ロック: ${directory})。終了を待ってください。強制終了されたプロセスのロックは残りません。`,
  })
