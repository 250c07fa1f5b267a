CAPI: object
