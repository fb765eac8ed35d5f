/** Binding the server's port. */
import { once } from 'node:events'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { StartError } from '../storage/start-error.js'

const reasons: Record<string, string> = {
  EADDRINUSE: 'the port is in use; choose another with --listen, or port 0 for any free one',
  EACCES: 'the port needs more rights; choose one above 1023',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'the host name is not known',
}

/** Resolves to the port. @throws StartError when it cannot be bound. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    throw new StartError(`Cannot listen on ${host}:${port}: ${reasons[code] ?? message}.`, { cause })
  }
  return (server.address() as AddressInfo).port
}
