/** Orders under way, for the list: read without their keys. */
import { join } from 'node:path'
import { paths, type Directories } from './directories.js'
import { listNames, readOptional } from './read-optional.js'

export interface OrderSummary {
  name: string
  names: string[]
  server: string
  orderedAt: string
}

export async function listOrders(directories: Directories): Promise<OrderSummary[]> {
  const folders = (await listNames(paths.orders(directories))).filter((name) => !isSetAside(name))
  const orders = await Promise.all(folders.map((name) => readSummary(directories, name)))
  return orders.filter((order) => order !== undefined)
}

const isSetAside = (name: string) => /\.(tmp|abandoned-\d+)$/.test(name)

async function readSummary(directories: Directories, name: string): Promise<OrderSummary | undefined> {
  const text = await readOptional(join(paths.order(directories, name), 'order.json'))
  if (text === undefined) return undefined
  const { names = [], server = '?', orderedAt = '?' } = parse(text)
  return { name, names, server, orderedAt }
}

function parse(text: string): Partial<OrderSummary> {
  try {
    return JSON.parse(text) as Partial<OrderSummary>
  } catch {
    // The next certonly explains a damaged order; the list only shows that it is there.
    return {}
  }
}
