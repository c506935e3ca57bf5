## Working without a network

offline-cache = What is kept here of the server’s data is damaged: remove it, and it is fetched anew
offline-folder = { $path } can’t be used to keep data of the server: { $reason }
offline-other-user = You are signed in as somebody else than the one whose data is kept here: sign in again as that user, or use a profile of its own
offline-not-allowed = You may not do this, as the server said when it was there last
offline-needs-server = This needs the server, which is out of reach
offline-no-undo = Nothing that was done without the server is left to be taken back; what is on the server can be taken back when it is there again
offline-no-pending = Nothing of the number { $number } waits or was refused
offline-not-amended = An action can only be tried again or given up
