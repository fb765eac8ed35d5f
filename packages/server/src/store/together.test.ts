import { describe, expect, it } from 'vitest'
import type { Database } from './database.js'
import { Together, together } from './together.js'

/** A store whose statements are let through by hand. */
function heldStore() {
  const statements: (readonly number[])[] = []
  const held: (() => void)[] = []
  const together = new Together(async (questions: readonly number[]) => {
    statements.push(questions)
    await new Promise<void>((resolve) => held.push(resolve))
    return questions.map((question) => question * 10)
  })
  return { statements, together, letOne: () => held.shift()?.() }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('Together', () => {
  it('asks at once what comes alone', async () => {
    const { statements, together, letOne } = heldStore()
    const answer = together.ask(1)
    await turn()
    expect(statements).toEqual([[1]])
    letOne()
    expect(await answer).toBe(10)
  })

  it('asks in one statement what came while others were under way, and answers each in its place', async () => {
    const { statements, together, letOne } = heldStore()
    const answers = [together.ask(1)]
    await turn()
    answers.push(together.ask(2))
    await turn()
    answers.push(...[3, 4, 5].map((question) => together.ask(question)))
    await turn()
    expect(statements).toEqual([[1], [2]])
    letOne()
    await turn()
    expect(statements.at(-1)).toEqual([3, 4, 5])
    letOne()
    letOne()
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50])
  })

  it('puts no more than 64 into one statement', async () => {
    const { statements, together, letOne } = heldStore()
    const answers = Array.from({ length: 130 }, (_, question) => together.ask(question))
    for (let round = 0; round < 3; round++) {
      await turn()
      letOne()
    }
    await Promise.all(answers)
    expect(statements.map(({ length }) => length)).toEqual([64, 64, 2])
  })

  it('asks each alone when the store refuses the values of one', async () => {
    const asked: (readonly number[])[] = []
    const together = new Together((questions: readonly number[]) => {
      asked.push(questions)
      const refusal = Object.assign(new Error('duplicate key'), { code: '23505' })
      return questions.includes(2) ? Promise.reject(refusal) : Promise.resolve(questions)
    })
    const results = await Promise.allSettled([1, 2, 3].map((question) => together.ask(question)))
    expect(results).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { code: '23505' } },
      { status: 'fulfilled', value: 3 },
    ])
    expect(asked).toEqual([[1, 2, 3], [1], [2], [3]])
  })

  it('tells everyone in the statement that it failed, and goes on', async () => {
    let fails = true
    const together = new Together((questions: readonly number[]) =>
      fails ? Promise.reject(new Error('broken')) : Promise.resolve(questions),
    )
    const results = await Promise.allSettled([together.ask(1), together.ask(2)])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    fails = false
    expect(await together.ask(3)).toBe(3)
  })
})

describe('together', () => {
  const db = (isTransaction: boolean): Database => ({ isTransaction }) as unknown as Database
  const asks = () => {
    const asked: [boolean, number][] = []
    const ask = together((store, questions: readonly number[]) => {
      asked.push([store.isTransaction, questions.length])
      return Promise.resolve(questions)
    })
    return { ask, asked }
  }

  it('asks those of one store together, those of another apart', async () => {
    const { ask, asked } = asks()
    const [one, other] = [db(false), db(false)]
    expect(await Promise.all([ask(one, 1), ask(one, 2), ask(other, 3)])).toEqual([1, 2, 3])
    expect(asked).toEqual([
      [false, 2],
      [false, 1],
    ])
  })

  it('asks alone and at once in a transaction', async () => {
    const { ask, asked } = asks()
    const trx = db(true)
    expect(await Promise.all([ask(trx, 1), ask(trx, 2)])).toEqual([1, 2])
    expect(asked).toEqual([
      [true, 1],
      [true, 1],
    ])
  })
})
