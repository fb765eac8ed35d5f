/**
 * The network between two programs: a TCP proxy that can be disturbed.
 *
 * Its own port stays the same when the program behind it comes back on another.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * What a network does to a connection:
 * - `reset` ends all connections at once, and takes new ones as before;
 * - `cut` ends them and takes none until it is over;
 * - `stall` holds whatever is sent, both ways, and delivers it when it is over;
 * - `blackhole` holds it and never delivers it: the connections end when it is over;
 * - `drop-answer` delivers what is asked, and ends the connection in place of the answer.
 */
export const troubles = ['reset', 'cut', 'stall', 'blackhole', 'drop-answer'] as const
export type Trouble = (typeof troubles)[number]

interface Pair {
  near: Socket
  far: Socket
}

export class Link {
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #trouble: Trouble | undefined

  private constructor(
    readonly name: string,
    private readonly portBehind: () => number | undefined,
  ) {
    // allowHalfOpen: TLS and HTTP end their directions one by one.
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near))
  }

  static async open(name: string, portBehind: () => number | undefined): Promise<Link> {
    const link = new Link(name, portBehind)
    link.#server.listen(0, '127.0.0.1')
    await once(link.#server, 'listening')
    return link
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on, until `heal`. */
  disturb(trouble: Trouble): void {
    this.#trouble = trouble
    if (trouble === 'reset') this.#trouble = undefined
    if (trouble === 'reset' || trouble === 'cut') this.#endAll()
    if (this.#isHolding) this.#forBoth((socket) => socket.pause())
  }

  heal(): void {
    const trouble = this.#trouble
    this.#trouble = undefined
    if (trouble === 'blackhole') this.#endAll()
    if (trouble === 'stall') this.#forBoth((socket) => socket.resume())
  }

  async close(): Promise<void> {
    this.#endAll()
    this.#server.close()
    await once(this.#server, 'close')
  }

  get #isHolding(): boolean {
    return this.#trouble === 'stall' || this.#trouble === 'blackhole'
  }

  #forBoth(work: (socket: Socket) => void): void {
    for (const { near, far } of this.#pairs) [near, far].forEach(work)
  }

  #endAll(): void {
    for (const pair of this.#pairs) this.#end(pair)
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair)
    for (const socket of [pair.near, pair.far]) socket.resetAndDestroy()
  }

  #accept(near: Socket): void {
    const port = this.portBehind()
    near.on('error', () => near.destroy())
    if (port === undefined || this.#trouble === 'cut') return void near.resetAndDestroy()
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const pair = { near, far }
    this.#pairs.add(pair)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => this.#end(pair))
      socket.on('close', () => (other.closed ? this.#pairs.delete(pair) : other.end()))
    }
    this.#carry(near, far)
    this.#carry(far, near, () => this.#trouble === 'drop-answer')
    if (this.#isHolding) [near, far].forEach((socket) => socket.pause())
  }

  /** @param isDropped whether the connection ends in place of what comes */
  #carry(from: Socket, to: Socket, isDropped = () => false): void {
    from.on('data', (chunk) => {
      if (isDropped()) return [from, to].forEach((socket) => socket.resetAndDestroy())
      if (to.write(chunk)) return
      from.pause()
      to.once('drain', () => this.#isHolding || from.resume())
    })
    from.on('end', () => to.end())
  }
}
