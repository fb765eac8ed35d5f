/** Entry of a worker thread: judges the rows it is sent. Started by {@link JudgePool}. */
import { parentPort, workerData } from 'node:worker_threads'
import { judge } from '../check/judge.js'
import type { JudgeContext, Judged } from '../check/judge.js'
import type { JudgeAnswer, JudgeTask } from './judge-pool.js'

const context = workerData as JudgeContext

parentPort?.on('message', ({ id, firstRow, applications }: JudgeTask) => {
  const judged: Judged[] = applications.map((application, index) =>
    judge(application, firstRow + index, context),
  )
  parentPort?.postMessage({ id, judged } satisfies JudgeAnswer)
})
