/** A DNS server on loopback for tests: A, TXT and CAA records that a test may change at any time (RFC 1035). */
import { createSocket } from 'node:dgram'

const types = { A: 1, TXT: 16, CAA: 257 } as const
type RecordType = keyof typeof types

export interface DnsServer {
  /** ADDRESS:PORT, as the configuration takes it. */
  address: string
  /** Values by `TYPE name`; a CAA value is `flags tag value`. */
  records: Map<string, string[]>
  /** Names that get SERVFAIL. */
  broken: Set<string>
  /** Questions so far, as `TYPE name`. */
  asked: string[]
  close(): Promise<void>
}

const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])

function encode(type: RecordType, value: string): Buffer {
  if (type === 'A') return Buffer.from(value.split('.').map(Number))
  if (type === 'TXT') return text(value)
  const [flags = '0', tag = '', ...rest] = value.split(' ')
  return Buffer.concat([Buffer.from([Number(flags)]), text(tag), Buffer.from(rest.join(' '))])
}

function answerOf(type: RecordType, value: string): Buffer {
  const data = encode(type, value)
  // A pointer to the name of the question, the type, class IN, no time to live.
  const head = Buffer.from([0xc0, 12, types[type] >> 8, types[type] & 255, 0, 1, 0, 0, 0, 0, 0, data.length])
  return Buffer.concat([head, data])
}

function readQuestion(message: Buffer): { name: string; type: RecordType | undefined; end: number } {
  const labels: string[] = []
  let place = 12
  for (let length = message[place] ?? 0; length > 0; length = message[place] ?? 0) {
    labels.push(message.toString('latin1', place + 1, place + 1 + length))
    place += 1 + length
  }
  const code = message.readUInt16BE(place + 1)
  const type = (Object.keys(types) as RecordType[]).find((each) => types[each] === code)
  return { name: labels.join('.').toLowerCase(), type, end: place + 5 }
}

export async function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const server: DnsServer = {
    address: `127.0.0.1:${socket.address().port}`,
    records: new Map(),
    broken: new Set(),
    asked: [],
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
  socket.on('message', (message, from) => {
    const { name, type, end } = readQuestion(message)
    const key = `${type ?? 'other'} ${name}`
    server.asked.push(key)
    const answers = type ? (server.records.get(key) ?? []).map((value) => answerOf(type, value)) : []
    const header = Buffer.from(message.subarray(0, 12))
    header.writeUInt16BE(server.broken.has(name) ? 0x8182 : 0x8180, 2)
    header.writeUInt16BE(answers.length, 6)
    header.writeUInt32BE(0, 8)
    socket.send(Buffer.concat([header, message.subarray(12, end), ...answers]), from.port, from.address)
  })
  return server
}
