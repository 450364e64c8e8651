//! "OTP da ASL": the health authority itself sends the OTP of a patient's app (seed 003, 5.1).

mod otp;

pub use otp::SendOtp;
