/** The registry with its journal: what it answers for is on disk. */
import { join } from 'node:path'
import type { Kind } from '../applications/kinds.js'
import type { Organisation } from '../organisations/organisation.js'
import { Journal } from '../storage/journal.js'
import type { RegistryEvent } from './events.js'
import { Registry } from './registry.js'

export class RegistryService {
  private constructor(
    readonly registry: Registry,
    private readonly journal: Journal,
  ) {}

  static async open(dataDirectory: string, onFailure: (error: unknown) => void): Promise<RegistryService> {
    const registry = new Registry()
    const path = join(dataDirectory, 'journal.jsonl')
    const journal = await Journal.open(path, (event) => registry.apply(event as RegistryEvent), onFailure)
    return new RegistryService(registry, journal)
  }

  /** The event counts at once for whatever is checked next; resolves when it is on disk. */
  record(event: RegistryEvent): Promise<void> {
    this.registry.apply(event)
    return this.journal.append(event)
  }

  /** Registers the rows of one upload; `seq` is each row's place in the file. */
  register(
    kind: Kind,
    organisation: Organisation,
    rows: readonly { seq: number; fields: readonly string[] }[],
  ): Promise<void> {
    return this.record({
      type: 'uploaded',
      at: Date.now(),
      uploadId: String(this.registry.uploadCount + 1),
      organisationId: organisation.id,
      kind,
      rows: rows.map(({ seq, fields }, index) => ({
        applicationId: this.registry.nextApplicationId(index),
        seq,
        fields,
      })),
    })
  }

  /** Resolves when all that the registry now shows is on disk. */
  settled(): Promise<void> {
    return this.journal.settled()
  }

  close(): Promise<void> {
    return this.journal.close()
  }
}
