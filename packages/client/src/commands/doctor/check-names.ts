/** Where names are proven by challenges: what DNS and port 80 say about them. */
import { connect } from 'node:net'
import { readPreferred } from '../../authenticators/open-authenticator.js'
import { resolve4, resolve6, resolverFor, type Asked } from '../../authenticators/public-dns.js'
import type { RenewalParameters } from '../../renewal/renewal-config.js'
import { ok, type Finding } from './finding.js'

export async function checkNames(
  names: readonly string[],
  { authenticator, preferredChallenges, preflightDns }: RenewalParameters,
  caaIdentities: readonly string[],
): Promise<Finding[]> {
  if (!authenticator || authenticator === 'none') return []
  const asked = { dnsServer: preflightDns }
  const byDns = readPreferred(preferredChallenges)[0] === 'dns-01'
  const found = await Promise.all(
    names.map(async (name) => {
      const domain = name.replace(/^\*\./, '')
      return [
        ...(await checkCaa(domain, caaIdentities, asked)),
        ...(byDns ? [] : await checkAddresses(domain, authenticator === 'webroot', asked)),
      ]
    }),
  )
  return found.flat()
}

async function checkAddresses(domain: string, isServed: boolean, asked: Asked): Promise<Finding[]> {
  const addresses = (await Promise.all([resolve4(domain, asked), resolve6(domain, asked)])).flat()
  if (addresses.length === 0)
    return [
      {
        check: 'dns',
        level: 'problem',
        about: domain,
        text: { en: 'the name has neither A nor AAAA in DNS', ja: 'DNS に A も AAAA もありません' },
        remedy: { en: 'enter its address in DNS', ja: 'DNS にアドレスを登録してください' },
      },
    ]
  if (!isServed) return [ok('dns', { en: addresses.join(', '), ja: addresses.join(', ') }, domain)]
  const closed = (
    await Promise.all(addresses.map(async (address) => ((await isOpen(address)) ? '' : address)))
  ).filter(Boolean)
  if (closed.length === 0)
    return [ok('port-80', { en: 'port 80 is open', ja: 'ポート 80 は開いています' }, domain)]
  return [
    {
      check: 'port-80',
      level: 'warning',
      about: domain,
      text: {
        en: `port 80 of ${closed.join(', ')} cannot be reached from here`,
        ja: `${closed.join(', ')} のポート 80 にここから接続できません`,
      },
      remedy: {
        en: 'open it in the firewall, on IPv4 and IPv6, or prove names by DNS (--manual)',
        ja: 'ファイアウォールで IPv4・IPv6 とも開けるか、DNS (--manual) で証明してください',
      },
    },
  ]
}

const isOpen = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port: 80, timeout: 3000 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false))
  })

/** RFC 8659 §3: the nearest name upwards that has records decides. */
async function checkCaa(domain: string, allowed: readonly string[], asked: Asked): Promise<Finding[]> {
  if (allowed.length === 0) return []
  const labels = domain.split('.')
  for (let at = 0; at < labels.length - 1; at++) {
    const records = await resolverFor(asked)
      .resolveCaa(labels.slice(at).join('.'))
      .catch(() => [])
    const issuers = records.flatMap(({ issue }) =>
      issue === undefined ? [] : [issue.split(';')[0]?.trim() ?? ''],
    )
    if (records.length === 0) continue
    if (issuers.length === 0 || issuers.some((issuer) => allowed.includes(issuer))) return []
    return [forbidden(domain, labels.slice(at).join('.'), allowed)]
  }
  return []
}

const forbidden = (about: string, zone: string, allowed: readonly string[]): Finding => ({
  check: 'caa',
  level: 'problem',
  about,
  text: {
    en: `the CAA records of ${zone} do not allow this CA`,
    ja: `${zone} の CAA レコードがこの CA を許可していません`,
  },
  remedy: {
    en: `add to ${zone}: CAA 0 issue "${allowed[0] ?? ''}"`,
    ja: `${zone} に CAA 0 issue "${allowed[0] ?? ''}" を追加してください`,
  },
})
