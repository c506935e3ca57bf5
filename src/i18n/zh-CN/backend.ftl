# backend
error-not-found = 找不到{ $what }
