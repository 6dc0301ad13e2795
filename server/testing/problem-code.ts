/** The code of a refusal that came over HTTP; for tests. */
import { problemSchema } from '../../shared/api/problem.ts'

/** Reads `<status> <code>`, after checking that the two agree with the body. */
export async function problemOf(response: Response): Promise<string> {
  const problem = problemSchema.parse(await response.json())
  if (problem.status !== response.status) throw new Error('The problem tells another status')
  return `${response.status} ${problem.code}`
}
