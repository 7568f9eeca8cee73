/** What asks for sound or images, or brings sound, in the JSON of any format. Quotes within texts are escaped, and so don't match. */
const otherThanText =
  /"(?:input_audio|audio_url)"|"mime_?[tT]ype"\s*:\s*"audio\/|"(?:modalities|response_?[mM]odalities)"\s*:\s*\[[^\]]*"(?:audio|image)"/i

/** Whether a JSON request is about text alone, or images that are read as tokens of text. */
export function isOfText(json: string): boolean {
  return !otherThanText.test(json)
}
