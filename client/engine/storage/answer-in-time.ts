/** The answer of a disk, or undefined when it takes longer than anybody shall wait. */
export async function answerInTime<Answer>(
  answer: Promise<Answer>,
  limitMs = 3_000,
): Promise<Answer | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs)
  })
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer))
}
