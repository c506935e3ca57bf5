//! What the system tells a program that owns a terminal.

/// A signal that the terminal face answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End, with drafts saved (SIGTERM, SIGQUIT).
    Terminate,
    /// Ctrl-C reached the program while an editor had the terminal, or someone sent SIGINT.
    Interrupt,
    /// The terminal is gone: save drafts, then end.
    Hangup,
    /// Someone asks to stop: call [`super::Terminal::stop`].
    Stop,
    /// The program runs again: paint everything.
    Continue,
    /// The terminal has another size.
    WindowChange,
}

#[cfg(not(unix))]
pub use elsewhere::Signals;
#[cfg(not(unix))]
pub(super) use elsewhere::{can_stop, stop};
#[cfg(unix)]
pub use unix::Signals;
#[cfg(unix)]
pub(super) use unix::{can_stop, stop};

#[cfg(unix)]
mod unix {
    use std::io;

    use rustix::process::{self, Signal as Raw};
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    use super::Signal;

    /// The signals as they come. From its making on they no longer end the program by themselves.
    #[derive(Debug)]
    pub struct Signals {
        streams: Vec<(Stream, Signal)>,
    }

    impl Signals {
        /// Starts to listen. Needs a tokio runtime.
        ///
        /// # Errors
        /// When the system refuses.
        pub fn new() -> io::Result<Self> {
            let kinds = [
                (SignalKind::hangup(), Signal::Hangup),
                (SignalKind::terminate(), Signal::Terminate),
                (SignalKind::quit(), Signal::Terminate),
                (SignalKind::interrupt(), Signal::Interrupt),
                (SignalKind::from_raw(Raw::TSTP.as_raw()), Signal::Stop),
                (SignalKind::from_raw(Raw::CONT.as_raw()), Signal::Continue),
                (SignalKind::window_change(), Signal::WindowChange),
            ];
            let streams = kinds.into_iter().map(|(kind, means)| Ok((signal(kind)?, means)));
            Ok(Self { streams: streams.collect::<io::Result<_>>()? })
        }

        /// The next signal, the gravest first. Cancel-safe.
        pub async fn next(&mut self) -> Signal {
            std::future::poll_fn(|context| {
                for (stream, means) in &mut self.streams {
                    if let std::task::Poll::Ready(Some(())) = stream.poll_recv(context) {
                        return std::task::Poll::Ready(*means);
                    }
                }
                std::task::Poll::Pending
            })
            .await
        }
    }

    /// Whether a shell is there that could continue this program: it is not when the program leads the
    /// terminal's session itself (`xterm -e tcrm`), where stopping would be for ever.
    pub(in crate::tui::terminal) fn can_stop() -> io::Result<()> {
        if process::getsid(None)? == process::getpgrp() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "no shell is there to return to"));
        }
        Ok(())
    }

    /// Stops the whole job and returns when it is continued. SIGSTOP, because SIGTSTP is a message that
    /// [`Signals`] receives. Waits for SIGCONT, because another thread may be the one to stop first.
    pub(in crate::tui::terminal) async fn stop() -> io::Result<()> {
        let mut continued = signal(SignalKind::from_raw(Raw::CONT.as_raw()))?;
        process::kill_current_process_group(Raw::STOP)?;
        continued.recv().await;
        Ok(())
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::io;

    use super::Signal;

    /// No signals come on this system.
    #[derive(Debug)]
    pub struct Signals;

    impl Signals {
        /// Listens to nothing.
        ///
        /// # Errors
        /// Never.
        pub fn new() -> io::Result<Self> {
            Ok(Self)
        }

        /// Waits for ever.
        pub async fn next(&mut self) -> Signal {
            std::future::pending().await
        }
    }

    /// Programs cannot be stopped here.
    pub(in crate::tui::terminal) fn can_stop() -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Never called, because it cannot.
    pub(in crate::tui::terminal) async fn stop() -> io::Result<()> {
        can_stop()
    }
}
