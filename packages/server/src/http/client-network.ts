/** What of an address is counted together: an IPv4 address, or the /64 of an IPv6 address, which one machine has for itself. Pure. */
import { BlockList, isIP } from 'node:net'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Eight groups in hexadecimal without leading zeros; an IPv4 address at the end counts as two. */
function groupsOf(address: string): string[] {
  const [plain = ''] = address.split('%')
  const [head = '', tail] = plain.split('::')
  const split = (part: string | undefined) => (part ? part.split(':') : [])
  const left = split(head)
  const right = split(tail)
  const missing = 8 - left.length - right.length - (plain.includes('.') ? 1 : 0)
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(Math.max(0, missing)).fill('0'), ...right]
  return groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
}

export function networkOf(address: string | undefined): string {
  const plain = MAPPED.exec(address ?? '')?.[1] ?? address ?? ''
  if (isIP(plain) !== 6) return plain || 'unknown'
  return `${groupsOf(plain).slice(0, 4).join(':')}::/64`
}

/** @returns whether an address lies in one of the networks, each ADDRESS/BITS */
export function makeContains(networks: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
  return (address = '') => {
    const plain = MAPPED.exec(address)?.[1] ?? address
    return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }
}
