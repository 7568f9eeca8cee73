/** Finds the end of a JSON object that arrives in parts, in one pass: parsing each time would take quadratic time. */
export class JsonEnd {
  #depth = 0
  #hasBegun = false
  #isInString = false
  #isEscaped = false

  /** Whether the outermost object or array is closed. */
  get isReached(): boolean {
    return this.#hasBegun && this.#depth === 0
  }

  add(text: string): void {
    for (let place = 0; place < text.length; place += 1) this.#addCharacter(text[place])
  }

  #addCharacter(character: string | undefined): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (this.#isInString) {
      if (character === '\\') this.#isEscaped = true
      else if (character === '"') this.#isInString = false
    } else if (character === '"') this.#isInString = true
    else if (character === '{' || character === '[') {
      this.#hasBegun = true
      this.#depth += 1
    } else if (character === '}' || character === ']') this.#depth -= 1
  }
}
