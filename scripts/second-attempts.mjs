/** Reporter of vitest: names at the end each test that passed only at its second attempt, so that none is lost from sight. */
export default class SecondAttempts {
  #names = []

  onTestCaseResult(test) {
    if (test.diagnostic()?.flaky) this.#names.push(`${test.module.relativeModuleId} > ${test.fullName}`)
  }

  onTestRunEnd() {
    for (const name of this.#names) console.log(`SECOND ATTEMPT: ${name}`)
  }
}
