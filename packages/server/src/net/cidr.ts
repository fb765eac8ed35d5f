/** Networks as the configuration names them. */
import { isIP } from 'node:net'
import { z } from 'zod'

function isNetwork(text: string): boolean {
  const [address = '', bits = ''] = text.split('/')
  const family = isIP(address)
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128)
}

export const cidr = z
  .string()
  .regex(/^[0-9a-f.:]+\/\d{1,3}$/i, 'must be ADDRESS/BITS')
  .refine((text) => isNetwork(text), 'must be a network such as 127.0.0.0/8 or fd00::/8')
