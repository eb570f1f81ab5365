import { setFlagsFromString } from 'node:v8'

/**
 * Lets the room for new objects grow by the load, as it does by default. `cli.mjs` keeps it small while the program is
 * loaded: what is loaded survives, for which V8 would give it ever more room, 60 MB in the end, for good.
 */
export function giveRoom(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}
