import { ValidationFault } from '../acme/validation/fault.js'

/** @returns 'valid', or the kind of the fault; any other error is thrown on */
export async function outcomeOf(validation: Promise<void>): Promise<string> {
  try {
    await validation
    return 'valid'
  } catch (error) {
    if (error instanceof ValidationFault) return error.kind
    throw error
  }
}
