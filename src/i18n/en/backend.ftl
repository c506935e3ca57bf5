# backend
error-not-found = There is no { $what }
