/**
 * A DNS server on loopback for tests, over UDP and TCP: records that a test may change at any time (RFC 1035).
 *
 * It answers as a recursive resolver does: aliases are followed, up to eight, and what does not fit
 * into the datagram that the question allows is cut off and given whole over TCP.
 */
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import {
  type Answer,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from 'dns-packet'

/** RFC 1035 §4.1.1. */
const codes = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const

export interface DnsServer {
  /** ADDRESS:PORT, as the configuration takes it. */
  address: string
  /** Values by `TYPE name`; a CAA value is `flags tag value`. */
  records: Map<string, string[]>
  /** Names that get another response code than NOERROR. */
  codes: Map<string, keyof typeof codes>
  /** Questions so far, as `TYPE name`. */
  asked: string[]
  /** Those of them that came over TCP. */
  askedOverTcp: string[]
  close(): Promise<void>
}

/** As BIND has it; what is longer is left open. */
const MAX_ALIASES = 8
/** RFC 1035 §4.2.1, without the extension that asks for more. */
const SMALLEST = 512

function toAnswer({ name, type }: Question, value: string): Answer {
  if (type === 'TXT') return { name, type, data: value }
  if (type !== 'CAA') return { name, type, data: value } as Answer
  const [flags = '0', tag = '', ...rest] = value.split(' ')
  return { name, type, data: { flags: Number(flags), tag: tag as 'issue', value: rest.join(' ') } }
}

type Zone = Pick<DnsServer, 'records' | 'codes'>

function answersTo({ records }: Zone, { type, name }: Question): Answer[] {
  const chain: Answer[] = []
  let at = name
  while (chain.length < MAX_ALIASES) {
    const [target] = records.get(`CNAME ${at}`) ?? []
    if (target === undefined) break
    chain.push({ name: at, type: 'CNAME', data: target })
    at = target
  }
  const values = records.get(`${type} ${at}`) ?? []
  return [...chain, ...values.map((value) => toAnswer({ type, name: at }, value))]
}

function reply(zone: Zone, { id, questions }: Packet): Packet {
  const question = questions?.[0] ?? { type: 'A', name: '' }
  const code = zone.codes.get(question.name)
  const flags = RECURSION_DESIRED | RECURSION_AVAILABLE | (code ? codes[code] : 0)
  return { type: 'response', id, flags, questions, answers: code ? [] : answersTo(zone, question) }
}

const roomIn = ({ additionals = [] }: Packet): number =>
  additionals.reduce((room, each) => (each.type === 'OPT' ? each.udpPayloadSize : room), SMALLEST)

function cut(packet: Packet, room: number): Buffer {
  const whole = encode(packet)
  if (whole.length <= room) return whole
  return encode({ ...packet, flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE, answers: [] })
}

interface Sockets {
  tcp: Server
  udp: Datagrams
}

/** The same free port for both. */
async function bind(): Promise<Sockets> {
  const tcp = createServer().listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const udp = createSocket('udp4')
  const bound = once(udp, 'listening')
  udp.bind((tcp.address() as AddressInfo).port, '127.0.0.1')
  try {
    await bound
    return { tcp, udp }
  } catch {
    tcp.close()
    return bind()
  }
}

export async function startDnsServer(): Promise<DnsServer> {
  const { tcp, udp } = await bind()
  const connections = new Set<Socket>()
  const server: DnsServer = {
    address: `127.0.0.1:${udp.address().port}`,
    records: new Map(),
    codes: new Map(),
    asked: [],
    askedOverTcp: [],
    close: async () => {
      for (const connection of connections) connection.destroy()
      await Promise.all([
        new Promise((done) => tcp.close(done)),
        new Promise<void>((done) => udp.close(done)),
      ])
    },
  }
  const answer = (query: Packet, ...lists: string[][]): Packet => {
    for (const { type, name } of query.questions ?? [])
      for (const list of lists) list.push(`${type} ${name.toLowerCase()}`)
    return reply(server, query)
  }
  udp.on('message', (message, from) => {
    const query = decode(message)
    udp.send(cut(answer(query, server.asked), roomIn(query)), from.port, from.address)
  })
  tcp.on('connection', (connection) => {
    connections.add(connection)
    connection.on('error', () => undefined)
    connection.on('data', (message) =>
      connection.write(streamEncode(answer(streamDecode(message), server.asked, server.askedOverTcp))),
    )
  })
  return server
}
