import { describe, expect, it } from 'vitest'
import type { Work } from './queue.js'
import { coalesce } from './workers.js'

/** A queue whose adds are let through by hand. */
function heldQueue() {
  const added: Work[] = []
  const held: (() => void)[] = []
  const add = (work: Work) => {
    added.push(work)
    return new Promise<void>((resolve) => held.push(resolve))
  }
  return { added, add, letOne: () => held.shift()?.() }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 60))

describe('the bell', () => {
  it('makes one job of many rings of one kind', async () => {
    const { added, add } = heldQueue()
    const ring = coalesce(add)
    for (let rings = 0; rings < 100; rings++) ring('submit')
    ring('collect')
    await pause()
    expect(added).toEqual(['submit', 'collect'])
  })

  it('rings once more for all who rang while it could not be heard', async () => {
    const { added, add, letOne } = heldQueue()
    const ring = coalesce(add)
    ring('submit')
    await pause()
    for (let rings = 0; rings < 100; rings++) ring('submit')
    await pause()
    expect(added).toEqual(['submit'])
    letOne()
    await pause()
    expect(added).toEqual(['submit', 'submit'])
  })
})
