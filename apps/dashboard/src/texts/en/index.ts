export { quotaWords } from './quota-words.js'
export { texts } from './texts.js'
