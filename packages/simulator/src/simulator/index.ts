export { startSimulator } from './start.js'
export type { Simulator, SimulatorOptions } from './options.js'
export type { KnobChanges } from '../knobs/knobs.js'
export type { Organisation } from '../organisations/organisation.js'
