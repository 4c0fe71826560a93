using GameBackend.Gateway.Accounts;

namespace GameBackend.Gateway.Admin;

/// <summary>What an operator asks for, read and found fit, or why it is refused. Nothing is done yet.</summary>
/// <param name="Target">To whom or what, for the audit.</param>
/// <param name="Detail">The rest that is asked, for the audit.</param>
/// <param name="Do">Does it. It does not end because the caller goes away: half a deed helps nobody.</param>
internal sealed record AdminOrder(string Target, string Detail, Func<Task<AdminAnswer>> Do)
{
    /// <summary>Why nothing will be done.</summary>
    public AccountProblem? Refusal { get; private init; }

    public static implicit operator AdminOrder(AccountProblem refusal) =>
        new("", "", () => Task.FromResult<AdminAnswer>(refusal)) { Refusal = refusal };
}

/// <summary>An answer to an operator, and what the audit says of it besides its status.</summary>
internal sealed record AdminAnswer(IResult Result, string Outcome = "")
{
    public int Status => Result switch
    {
        AccountProblem problem => problem.Status,
        IStatusCodeHttpResult { StatusCode: { } status } => status,
        _ => StatusCodes.Status200OK,
    };

    public static implicit operator AdminAnswer(AccountProblem problem) => new((IResult)problem);
}
