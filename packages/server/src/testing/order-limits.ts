/** What holds of the limits of new orders (RFC 8555 §6.6) wherever they are counted, and by however many processes. */
import { afterAll, expect, it } from 'vitest'
import { AcmeClient, type AcmeReply, outcomeOf } from './acme-client.js'

export const orderLimits = { newOrdersPerAccountPerHour: 4, newOrdersPerOrganisationPerHour: 10 }

type Place = ConstructorParameters<typeof AcmeClient>[0]

interface Where {
  /** Asked in turn; all on one store. */
  gateways: () => readonly Place[]
  /** Under a domain of the sample organisation, which has no orders yet. */
  prefix: string
}

const nowhere: Place = { url: '', directory: '' }

function pick(clients: readonly AcmeClient[], turn: number): AcmeClient {
  const client = clients[turn % clients.length]
  if (!client) throw new Error('No gateway is there to be asked')
  return client
}

/** In this order: together they use up what the organisation may. */
export function testOrderLimits({ gateways, prefix }: Where): void {
  const clients: AcmeClient[] = []
  afterAll(() => Promise.all(clients.map((client) => client.close())))

  /** One account, at each gateway. Its url does not matter to them: all stand on one external one, or there is one. */
  async function register(): Promise<AcmeClient[]> {
    const places = gateways()
    const made = await AcmeClient.registered(places[0] ?? nowhere)
    const same = places.map((place) => {
      const client = new AcmeClient(place, made.signer)
      client.kid = made.kid?.replace(made.gateway.url, place.url)
      return client
    })
    clients.push(made, ...same)
    return same
  }
  let names = 0
  const freshName = () => `${prefix}${++names}.example.ac.jp`
  const order = (at: AcmeClient[], turn: number, name = freshName()): Promise<AcmeReply> =>
    pick(at, turn).order([name])
  const count = (replies: readonly AcmeReply[]) => {
    const outcomes = replies.map(outcomeOf)
    return ['201', '429 rateLimited'].map((wanted) => outcomes.filter((outcome) => outcome === wanted).length)
  }
  const listed = async (at: AcmeClient[]) => {
    const client = pick(at, 0)
    return (await client.post(`${client.kid ?? ''}/orders`)).body.orders as string[]
  }

  it('lets an account make as many as it may, one after the other, and again what is open', async () => {
    const account = await register()
    const known = Array.from({ length: orderLimits.newOrdersPerAccountPerHour }, freshName)
    for (const [turn, name] of known.entries())
      expect(outcomeOf(await order(account, turn, name))).toBe('201')
    for (const turn of [0, 1]) {
      const reply = await order(account, turn)
      expect(outcomeOf(reply)).toBe('429 rateLimited')
      expect(reply.body.detail).toContain('this account')
      const wait = Number(reply.headers.get('retry-after'))
      expect([wait > 3000, wait <= 3600]).toEqual([true, true])
    }
    for (const [turn, name] of known.entries())
      expect(outcomeOf(await order(account, turn, name))).toBe('201')
    expect(await listed(account)).toHaveLength(orderLimits.newOrdersPerAccountPerHour)
  })

  it('lets an account make exactly as many as it may when it asks for many at once', async () => {
    const account = await register()
    const replies = await Promise.all(Array.from({ length: 12 }, (_, turn) => order(account, turn)))
    expect(count(replies)).toEqual([4, 8])
    expect(await listed(account)).toHaveLength(4)
  })

  it('lets the accounts of an organisation make exactly as many as it may, all at once', async () => {
    const accounts = await Promise.all(Array.from({ length: 4 }, register))
    const replies = await Promise.all(
      accounts.flatMap((account) => [0, 1].map((turn) => order(account, turn))),
    )
    expect(count(replies)).toEqual([2, 6])
    const refused = replies.find(({ status }) => status === 429)
    expect(refused?.body.detail).toContain('this organisation')
    expect((await Promise.all(accounts.map(listed))).flat()).toHaveLength(2)
  })
}
