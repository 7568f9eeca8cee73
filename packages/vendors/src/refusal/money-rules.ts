/**
 * Words for money that is spent, whoever says it: a balance, credit or funds that are too little, a limit of
 * spending that is reached, a bill that is unpaid. Gemini's "check your plan and billing details" is none, it says
 * so of a minute, too.
 */
export const creditWords: RegExp =
  /\b(?:insufficient|not enough|no (?:remaining |available |more )?|low|zero|negative|out of|ran out of|run out of|used (?:up )?(?:all )?(?:your |the )?(?:available |remaining )?|exhausted (?:your |the |all )*|depleted)\s*(?:\w+ ){0,3}?(?:balance|credits?|funds)\b/i
