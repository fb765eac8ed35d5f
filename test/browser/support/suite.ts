/** The gateways of the suite, which run already, seen through its browser. */
import { inject } from 'vitest'
import { type Console, openConsole } from './console.js'
import './global-setup.js'

export const openSuite = (): Promise<Console> => openConsole(inject('gateway'), inject('browser'))

/** The one that is configured otherwise: university.ts. */
export const openUniversity = (): Promise<Console> => openConsole(inject('university'), inject('browser'))
