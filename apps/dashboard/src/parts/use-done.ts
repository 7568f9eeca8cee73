import { useQueryClient } from '@tanstack/react-query'
import { useToast } from './toasts.js'

/** What follows a successful change: closes its dialog, reports it, and reads all figures again. */
export function useDone(close: () => void): (text: string) => () => Promise<void> {
  const queryClient = useQueryClient()
  const say = useToast()
  return text => async () => {
    close()
    say(text)
    await queryClient.invalidateQueries()
  }
}
