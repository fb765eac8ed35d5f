import { v7 } from 'uuid'

/** UUIDv7: ids sort by time of creation, so indexes grow at one end and pages can start after an id. */
export const newId = (): string => v7()
