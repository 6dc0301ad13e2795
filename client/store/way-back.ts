/**
 * Ways forward and back between the app's screens. A step forward notes where it began, so that a
 * button that leads back there goes back in the browser's history instead of adding to it.
 */
import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { z } from 'zod'

const stepSchema = z.object({ cameFrom: z.string() })

/** What a step forward keeps in the browser's history. */
export type Step = z.infer<typeof stepSchema>

export interface WayBack {
  /** For links, which take the step themselves. */
  step: Step
  open: (path: string) => void
  goBack: (path: string) => void
}

export function useWayBack(): WayBack {
  const [location, navigate] = useLocation()
  const open = useCallback(
    (path: string) => navigate(path, { state: { cameFrom: location } satisfies Step }),
    [navigate, location],
  )
  const goBack = useCallback(
    (path: string) => {
      const step = stepSchema.safeParse(globalThis.history.state)
      if (step.data?.cameFrom === path) globalThis.history.back()
      else navigate(path, { replace: true })
    },
    [navigate],
  )
  return { step: { cameFrom: location }, open, goBack }
}
