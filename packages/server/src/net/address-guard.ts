/**
 * Which addresses that somebody else names may be connected to: public ones only (RFC 8555 §10.4 for validations; webhooks likewise).
 *
 * The address that was checked is the one that is connected to, so an answer of the
 * DNS that changes in between changes nothing. Source: IANA special-purpose registries.
 */
import { BlockList, isIPv6 } from 'node:net'

const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

// Of IPv6 only 2000::/3 is given out; of that, what is special or carries an IPv4 address.
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return list
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4')

const refused = listOf([...special4, ...special6])
const givenOut6 = listOf(['2000::/3'])

const isPublic = (address: string): boolean => {
  const family = familyOf(address)
  if (family === 'ipv6' && !givenOut6.check(address, family)) return false
  return !refused.check(address, family)
}

/** @param allowed networks in CIDR that may be connected to although they are not public */
export function makeAddressGuard(allowed: readonly string[]): (address: string) => boolean {
  const exceptions = listOf(allowed)
  return (address) => isPublic(address) || exceptions.check(address, familyOf(address))
}
