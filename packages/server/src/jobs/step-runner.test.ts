import { describe, expect, it } from 'vitest'
import type { Work } from './queue.js'
import { StepRunner } from './step-runner.js'

/** A runner whose steps end by hand. */
function heldRunner() {
  const begun: Work[] = []
  const held: { resolve: () => void; reject: (error: Error) => void }[] = []
  const runner = new StepRunner((work) => {
    begun.push(work)
    return new Promise<void>((resolve, reject) => held.push({ resolve, reject }))
  })
  return {
    runner,
    begun,
    end: () => held.shift()?.resolve(),
    fail: () => held.shift()?.reject(new Error('broken')),
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('StepRunner', () => {
  it('runs at once, and steps of other kinds beside it', () => {
    const { runner, begun } = heldRunner()
    void runner.run('submit')
    void runner.run('collect')
    expect(begun).toEqual(['submit', 'collect'])
  })

  it('runs once more for all who called while it ran, and they wait for that run', async () => {
    const { runner, begun, end } = heldRunner()
    const calls = [runner.run('submit')]
    for (let call = 0; call < 100; call++) calls.push(runner.run('submit'))
    expect(begun).toEqual(['submit'])
    end()
    await turn()
    expect(begun).toEqual(['submit', 'submit'])
    end()
    await Promise.all(calls)
    expect(begun).toHaveLength(2)
  })

  it('tells a failure, and runs again when called again', async () => {
    const { runner, begun, end, fail } = heldRunner()
    const call = runner.run('submit')
    fail()
    await expect(call).rejects.toThrow('broken')
    const next = runner.run('submit')
    end()
    await next
    expect(begun).toHaveLength(2)
  })

  it('goes on after a failure when somebody called meanwhile', async () => {
    const { runner, begun, end, fail } = heldRunner()
    const calls = [runner.run('submit'), runner.run('submit')]
    fail()
    await turn()
    expect(begun).toHaveLength(2)
    end()
    await Promise.all(calls)
  })

  it('stopped, lets what runs end and begins nothing more', async () => {
    const { runner, begun, end } = heldRunner()
    void runner.run('submit')
    void runner.run('submit')
    let isStopped = false
    const stopping = runner.stop().then(() => (isStopped = true))
    await turn()
    expect(isStopped).toBe(false)
    end()
    await stopping
    await runner.run('collect')
    expect(begun).toEqual(['submit'])
  })
})
