/** The gateway's variable with another address of a vendor, such as `AZURE_BASE_URL`. */
export function baseUrlVariable(vendor: string): string {
  return `${vendor.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_BASE_URL`
}
