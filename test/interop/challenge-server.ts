/** pebble-challtestsrv from Debian on free ports: a DNS server that tests write, and a web server for http-01. */
import { createSocket } from 'node:dgram'
import { freePort } from '../../scripts/debian.mjs'
import { until } from '../support/system.js'
import { startChild, stopChild } from './children.js'

export interface ChallengeServer {
  /** Where its DNS answers: every name has the address 127.0.0.1, unless told otherwise. */
  dns: string
  /** Its HTTP API: add-a, set-txt, clear-txt, add-http01, del-http01. */
  api: string
  call(path: string, body: Record<string, unknown>): Promise<void>
  stop(): Promise<void>
}

/** @param http where it answers http-01; empty: nowhere */
export async function startChallengeServer(folder: string, http = ''): Promise<ChallengeServer> {
  const [dnsPort, apiPort] = [await freeUdpPort(), await freePort()]
  const [dns, api] = [`127.0.0.1:${dnsPort}`, `http://127.0.0.1:${apiPort}`]
  const child = startChild(folder, 'pebble-challtestsrv', [
    ...['-dns01', dns, '-http01', http, '-https01', '', '-tlsalpn01', ''],
    ...['-management', `127.0.0.1:${apiPort}`, '-defaultIPv6', ''],
  ])
  const post = (path: string, body: Record<string, unknown>) =>
    fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(body) })
  const isUp = () => post('clear-txt', { host: 'nothing.example.' }).then(({ ok }) => ok)
  await until(() => isUp().catch(() => false), Boolean)
  return {
    dns,
    api,
    call: async (path, body) => {
      const { status } = await post(path, body)
      if (status !== 200) throw new Error(`${path} was answered ${status}`)
    },
    stop: () => stopChild(child),
  }
}

const freeUdpPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4').once('error', reject)
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
